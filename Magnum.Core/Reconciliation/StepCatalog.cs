using Magnum.Core.Operations;
using Magnum.Core.Reconciliation.Steps;

namespace Magnum.Core.Reconciliation;

/// <summary>Which code does which step.</summary>
internal sealed class StepCatalog(
    CredentialsStep credentials,
    CertificatesStep certificates,
    DrainStep drain,
    InfrastructureStep infrastructure,
    ProvisioningStep provisioning,
    FinishStep finish,
    NextCertificatesStep nextCertificates,
    TrustStep trust,
    ReissueStep reissue,
    RetireStep retire,
    FinishRotationStep finishRotation,
    StopStep stop,
    RemoveNodeGroupsStep removeNodeGroups,
    DeleteInfrastructureStep deleteInfrastructure,
    RemovalStep removal,
    DeleteCertificatesStep deleteCertificates,
    DeleteCredentialsStep deleteCredentials)
{
    public IOperationStep Find(OperationKind kind, string name) => kind switch
    {
        OperationKind.Delete or OperationKind.NodeGroupDelete => FindOfDelete(name),
        OperationKind.RotateCa => FindOfRotation(name),
        _ => FindOfChange(name),
    };

    private IOperationStep FindOfChange(string name) => name switch
    {
        OperationSteps.Credentials => credentials,
        OperationSteps.Certificates => certificates,
        OperationSteps.Drain => drain,
        OperationSteps.Infrastructure => infrastructure,
        OperationSteps.Provisioning => provisioning,
        OperationSteps.Finish => finish,
        _ => throw Unknown(OperationKind.Update, name),
    };

    private IOperationStep FindOfRotation(string name) => name switch
    {
        OperationSteps.Certificates => nextCertificates,
        OperationSteps.Trust => trust,
        OperationSteps.Reissue => reissue,
        OperationSteps.Retire => retire,
        OperationSteps.Finish => finishRotation,
        _ => throw Unknown(OperationKind.RotateCa, name),
    };

    private IOperationStep FindOfDelete(string name) => name switch
    {
        OperationSteps.Stop => stop,
        OperationSteps.Drain => drain,
        OperationSteps.NodeGroups => removeNodeGroups,
        OperationSteps.Infrastructure => deleteInfrastructure,
        OperationSteps.Removal => removal,
        OperationSteps.Finish => finish,
        OperationSteps.Certificates => deleteCertificates,
        OperationSteps.Credentials => deleteCredentials,
        _ => throw Unknown(OperationKind.Delete, name),
    };

    private static InvalidOperationException Unknown(OperationKind kind, string name) => new($"An operation such as {kind} has no step '{name}'.");
}
