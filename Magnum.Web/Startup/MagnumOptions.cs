using System.ComponentModel.DataAnnotations;

namespace Magnum.Web.Startup;

/// <summary>What a process does; one may do all.</summary>
[Flags]
public enum MagnumRoles
{
    None = 0,

    /// <summary>Dashboard and progress hub.</summary>
    Web = 1,

    /// <summary>Magnum's REST API.</summary>
    Api = 2,

    /// <summary>Carries operations out.</summary>
    Conductor = 4,
    All = Web | Api | Conductor,
}

/// <summary>The section <c>Magnum</c>.</summary>
public sealed class MagnumOptions
{
    /// <summary>The section's name.</summary>
    public const string Section = "Magnum";

    /// <summary>Comma list of <c>web</c>, <c>api</c>, <c>conductor</c>, or <c>all</c>.</summary>
    [Required]
    public string Roles { get; set; } = "all";

    /// <summary>Where relative paths of state begin: the SQLite file, the key ring, the embedded cloud's state.</summary>
    [Required]
    public string DataDirectory { get; set; } = "data";

    /// <summary>The dashboard's listener.</summary>
    public ListenerOptions Web { get; set; } = new() { Url = "http://localhost:8080" };

    /// <summary>The REST API's listener.</summary>
    public ListenerOptions Api { get; set; } = new() { Url = "http://localhost:9511" };

    /// <summary>The roles as flags.</summary>
    /// <exception cref="MagnumConfigurationException">A word is no role.</exception>
    public MagnumRoles ParseRoles() =>
        Roles.Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries).Aggregate(
            MagnumRoles.None,
            (roles, word) => roles | (Enum.TryParse<MagnumRoles>(word, ignoreCase: true, out var role)
                ? role
                : throw new MagnumConfigurationException($"Magnum:Roles: '{word}' is none of web, api, conductor, all.")));
}

/// <summary>One listener.</summary>
public sealed class ListenerOptions
{
    /// <summary>What to listen on, such as <c>http://localhost:9511</c>.</summary>
    [Required]
    public string Url { get; set; } = "";

    /// <summary>How others reach it (nodes, links in messages); empty: <see cref="Url"/>.</summary>
    public string PublicUrl { get; set; } = "";

    /// <summary>The address for others, without a trailing slash.</summary>
    public string EffectivePublicUrl => (PublicUrl.Length > 0 ? PublicUrl : Url).TrimEnd('/');

    /// <summary>The port listened on.</summary>
    public int Port => BindingAddress.Parse(Url).Port;
}

/// <summary>Configuration that cannot work, named by its key.</summary>
public sealed class MagnumConfigurationException(string message) : Exception(message);
