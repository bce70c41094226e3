using System.ComponentModel.DataAnnotations;

namespace Magnum.Web.Startup;

/// <summary>The section <c>Database</c>.</summary>
public sealed class DatabaseOptions
{
    /// <summary>The section's name.</summary>
    public const string Section = "Database";

    /// <summary><c>Sqlite</c>, <c>Postgres</c> or <c>SqlServer</c>.</summary>
    [Required]
    public string Provider { get; set; } = "Sqlite";

    /// <summary>Empty with SQLite: <c>magnum.db</c> in the data directory.</summary>
    public string ConnectionString { get; set; } = "";

    /// <summary>Bring the schema up to date at start; turn off where <c>db upgrade</c> is run by the deployment.</summary>
    public bool UpgradeOnStart { get; set; } = true;
}
