using Magnum.Core.Errors;
using Magnum.Core.Policies;

namespace Magnum.Core.ClusterTemplates;

/// <summary>Makes, changes and removes cluster templates, for both doors: policy, validation and in-use rules included.</summary>
public sealed class ClusterTemplateService
{
    /// <summary>Checks everything against the cloud in the caller's name, resolves the driver and stores.</summary>
    public Task<Result<ClusterTemplate>> CreateAsync(Caller caller, ClusterTemplateSpec spec, CancellationToken cancellationToken) =>
        throw new InvalidOperationException();

    /// <summary>Loads by uuid or name, lets <paramref name="change"/> make a new spec of the present one (JSON Patch, a form), checks and stores.</summary>
    public Task<Result<ClusterTemplate>> UpdateAsync(
        Caller caller, string ident, Func<ClusterTemplateSpec, Result<ClusterTemplateSpec>> change, CancellationToken cancellationToken) =>
        throw new InvalidOperationException();

    /// <summary>Refused while a cluster uses it.</summary>
    public Task<Result<Unit>> DeleteAsync(Caller caller, string ident, CancellationToken cancellationToken) =>
        throw new InvalidOperationException();
}
