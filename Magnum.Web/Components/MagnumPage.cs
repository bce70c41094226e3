using Magnum.Core.Errors;
using Magnum.Core.OpenStack;
using Magnum.Core.Policies;
using Magnum.Web.Components.Localization;
using Magnum.Web.Features.SignIn;
using Microsoft.AspNetCore.Components;
using Microsoft.Extensions.Localization;

namespace Magnum.Web.Components;

/// <summary>Base of pages: asks Core in the name of the person, who signs in again in place when the token has ended, and ends what it started.</summary>
public abstract class MagnumPage : ComponentBase, IAsyncDisposable
{
    private readonly CancellationTokenSource _closing = new();
    private readonly List<Task> _work = [];

    protected MagnumPage() => Closing = _closing.Token;

    /// <summary>The person.</summary>
    [Inject]
    protected IDashboardUser User { get; set; } = null!;

    [Inject]
    private SignInAgain Again { get; set; } = null!;

    [Inject]
    private TimeProvider Clock { get; set; } = null!;

    [Inject]
    private IStringLocalizer<Text> Texts { get; set; } = null!;

    /// <summary>Cancelled when the page closes. Taken once: whoever comes late finds it cancelled, not its source disposed.</summary>
    protected CancellationToken Closing { get; }

    /// <summary>Whether the person is an administrator.</summary>
    protected bool IsAdmin => User.Token?.Roles.Contains("admin", StringComparer.OrdinalIgnoreCase) == true;

    /// <inheritdoc />
    public async ValueTask DisposeAsync()
    {
        await _closing.CancelAsync();
        await Task.WhenAll(_work);
        await OnClosedAsync();
        _closing.Dispose();
        GC.SuppressFinalize(this);
    }

    /// <summary>Calls Core. An ended token opens the dialog over the page and the call is made again; the cloud's trouble becomes an error.</summary>
    protected async Task<Result<T>> AskAsync<T>(Func<Caller, CancellationToken, Task<Result<T>>> ask)
    {
        for (var attempt = 0; ; attempt++)
        {
            if (await User.GetCallerAsync(Closing) is { } caller)
            {
                try
                {
                    return await ask(caller, Closing);
                }
                catch (CloudException trouble) when (trouble.Fault is CloudFault.Unauthorized && attempt == 0)
                {
                    User.MarkExpired();
                }
                catch (CloudException trouble)
                {
                    return new MagnumError.Unavailable(trouble.Message);
                }
            }

            if (!await Again.AskAsync())
            {
                return new MagnumError.Forbidden(Texts["SignIn.Ended"]);
            }
        }
    }

    /// <summary>Reads from the cloud in the person's name.</summary>
    protected Task<Result<T>> LookAsync<T>(Func<CloudCredential, CancellationToken, Task<T>> look) =>
        AskAsync<T>(async (caller, cancellationToken) => Result.Success(await look(caller.Credential, cancellationToken)));

    /// <summary>Keeps a task that lasts as long as the page, so that closing waits for its end and a bug in it is shown.</summary>
    protected void Keep(Task work) => _work.Add(GuardAsync(work));

    /// <summary>Does something again and again, and shows what has come of it, as long as the page is there: for what nobody tells of.</summary>
    protected void Repeat(TimeSpan every, Func<Task> work) => Keep(RepeatAsync(every, work));

    /// <summary>Called when the page has closed.</summary>
    protected virtual ValueTask OnClosedAsync() => ValueTask.CompletedTask;

    private async Task RepeatAsync(TimeSpan every, Func<Task> work)
    {
        using var timer = new PeriodicTimer(every, Clock);
        while (await timer.WaitForNextTickAsync(Closing))
        {
            await InvokeAsync(async () =>
            {
                await work();
                StateHasChanged();
            });
        }
    }

    private async Task GuardAsync(Task work)
    {
        try
        {
            await work;
        }
        catch (OperationCanceledException) when (Closing.IsCancellationRequested)
        {
            // the page has closed
        }
        catch (Exception bug) when (!Closing.IsCancellationRequested)
        {
            await DispatchExceptionAsync(bug);
        }
    }
}
