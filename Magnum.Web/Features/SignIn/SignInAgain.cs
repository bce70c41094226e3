using Magnum.Web.Components.Localization;
using Microsoft.Extensions.Localization;
using MudBlazor;

namespace Magnum.Web.Features.SignIn;

/// <summary>Asks a person whose token has ended to sign in again, over the page, which stays as it is.</summary>
internal sealed class SignInAgain(IDialogService dialogs, IStringLocalizer<Text> text)
{
    private Task<bool>? _open;

    /// <summary>Opens the dialog, once however many ask; false when the person would rather not.</summary>
    public Task<bool> AskAsync() => _open is { IsCompleted: false } ? _open : _open = ShowAsync();

    private async Task<bool> ShowAsync()
    {
        var dialog = await dialogs.ShowAsync<SignInAgainDialog>(
            text["SignInAgain.Title"], new DialogOptions { BackdropClick = false, MaxWidth = MaxWidth.ExtraSmall, FullWidth = true });
        return await dialog.Result is { Canceled: false };
    }
}
