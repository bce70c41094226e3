using Magnum.Drivers.EmbeddedCloud.Http;

namespace Magnum.Drivers.EmbeddedCloud.Heat.Engine;

/// <summary>What becomes of a stack when something in it goes wrong.</summary>
internal sealed partial class HeatEngine
{
    private void Guard(StackRow stack, ResourceRow row, Action work)
    {
        try
        {
            work();
        }
        catch (ApiFault fault)
        {
            FailResource(stack, row, new ResourceFailure(fault.Kind ?? KindOf(fault.Status), fault.Message));
        }
        catch (ResourceFailure failure)
        {
            FailResource(stack, row, failure);
        }
    }

    private void FailResource(StackRow stack, ResourceRow row, ResourceFailure failure)
    {
        row.DueAt = null;
        var path = failure.HasPath ? $"resources.{row.Name}.{failure.Message}" : $"resources.{row.Name}: {failure.Message}";
        SetState(stack, row, row.Action, "FAILED", $"{failure.Kind}: {path}");
        Fail(stack, $"Resource {row.Action} failed: {failure.Kind}: {path}");
    }

    /// <summary>Ends the operation without success, or turns it round when a rollback is wanted.</summary>
    private void Fail(StackRow stack, string reason)
    {
        foreach (var row in stack.Resources.Where(r => r.InProgress && r.Generation == stack.Generation).ToList())
        {
            row.DueAt = null;
            SetState(stack, row, row.Action, "FAILED", $"{row.Action} aborted (user triggered cancel)");
            foreach (var child in Stacks.Values.Where(s => s.ParentId == stack.Id && s.ParentResource == row.Name && s.InProgress).ToList())
            {
                Fail(child, $"Stack {child.Action} cancelled");
            }
        }

        if (stack.DisableRollback || stack.ParentId is not null || stack.Action is not ("CREATE" or "UPDATE"))
        {
            Finish(stack, "FAILED", reason);
            return;
        }

        stack.Status = "FAILED";
        stack.Reason = reason;
        Record(stack, null);
        if (stack.Action is "UPDATE" && stack.Previous is { } previous)
        {
            stack.Definition = previous;
        }
        else
        {
            stack.Previous = null;
        }

        Begin(stack, "ROLLBACK");
    }

    private void SetState(StackRow stack, ResourceRow row, string action, string status, string reason)
    {
        row.Action = action;
        row.Status = status;
        row.Reason = reason;
        row.UpdatedAt = cloud.Clock.Now;
        Record(stack, row);
    }

    private static string KindOf(int status) => status switch
    {
        400 => "BadRequest",
        403 => "Forbidden",
        404 => "NotFound",
        409 => "Conflict",
        413 => "OverLimit",
        _ => "HTTPException",
    };
}
