using Magnum.Core.Operations;
using Magnum.Core.Reconciliation.Steps;

namespace Magnum.Core.Reconciliation;

/// <summary>Which code does which step.</summary>
internal sealed class StepCatalog(
    CredentialsStep credentials,
    CertificatesStep certificates,
    InfrastructureStep infrastructure,
    ProvisioningStep provisioning,
    FinishStep finish,
    StopStep stop,
    DeleteInfrastructureStep deleteInfrastructure,
    RemovalStep removal,
    DeleteCertificatesStep deleteCertificates,
    DeleteCredentialsStep deleteCredentials)
{
    public IOperationStep Find(OperationKind kind, string name) => (kind is OperationKind.Delete, name) switch
    {
        (false, OperationSteps.Credentials) => credentials,
        (false, OperationSteps.Certificates) => certificates,
        (false, OperationSteps.Infrastructure) => infrastructure,
        (false, OperationSteps.Provisioning) => provisioning,
        (false, OperationSteps.Finish) => finish,
        (true, OperationSteps.Stop) => stop,
        (true, OperationSteps.Infrastructure) => deleteInfrastructure,
        (true, OperationSteps.Removal) => removal,
        (true, OperationSteps.Certificates) => deleteCertificates,
        (true, OperationSteps.Credentials) => deleteCredentials,
        _ => throw new InvalidOperationException($"An operation of kind {kind} has no step '{name}'."),
    };
}
