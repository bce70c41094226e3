using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Magnum.Core.UserStates;
using Magnum.Web.Features.SignIn;

namespace Magnum.Web.Components;

/// <summary>Half-filled forms, kept by the server for whoever fills them in: a lost connection, a restart or another browser loses nothing.</summary>
internal sealed class Drafts(UserStateStore states, IDashboardUser user)
{
    /// <summary>Null when there is none, or none that can be read any more.</summary>
    public async Task<T?> FindAsync<T>(string form, CancellationToken cancellationToken)
        where T : class
    {
        if (await user.GetCallerAsync(cancellationToken) is not { } caller || await states.FindAsync(caller, KeyOf(form), cancellationToken) is not { } draft)
        {
            return null;
        }

        try
        {
            return JsonSerializer.Deserialize<T>(draft);
        }
        catch (JsonException)
        {
            return null;   // of another version of the form
        }
    }

    /// <summary>Takes the place of the form's earlier draft. One that is too long to be kept is not: the form itself has it still.</summary>
    public async Task KeepAsync<T>(string form, T content, CancellationToken cancellationToken)
    {
        if (await user.GetCallerAsync(cancellationToken) is { } caller)
        {
            await states.KeepAsync(caller, KeyOf(form), JsonSerializer.Serialize(content), cancellationToken);
        }
    }

    public async Task RemoveAsync(string form, CancellationToken cancellationToken)
    {
        if (await user.GetCallerAsync(cancellationToken) is { } caller)
        {
            await states.RemoveAsync(caller, KeyOf(form), cancellationToken);
        }
    }

    // A template's name may be longer than a key.
    private static string KeyOf(string form) =>
        form.Length <= 56 ? $"draft.{form}" : $"draft.{Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(form)))[..56]}";
}
