namespace Magnum.Core.Diagnosis.Known;

/// <summary>Heat: stacks as such.</summary>
internal static class OrchestrationFailures
{
    public static readonly IReadOnlyList<FailureCause> All =
    [
        new("stack-busy", Actor.Wait, "Heat still works on the stack.", @"already has an action \(\w+\) in progress|is busy with this cluster|stack \S+ .{0,20}locked"),
        new("quota-stacks", Actor.Operator, "Heat takes no more stacks, or no larger ones.", @"maximum stacks per tenant|Maximum resources per stack exceeded"),
        new("stack-vanished", Actor.User, "Somebody deleted the stack outside Magnum.", @"Stack with id \S+( of node group \S+)? not found"),
        new("template-refused", Actor.Operator, "Heat refuses what Magnum asks for.", @"The stack is refused|Property error|StackValidationFailed|Unknown Property|The template (is|was) (invalid|refused)|Resource type \S+ (is )?not available|Heat refused", Telling.Symptom),
        new("stack-timed-out", Actor.User, "The cloud did not finish in time.", @"stack was not complete|\b(Create|Update|Delete) timed out", Telling.TimeOut),
    ];
}
