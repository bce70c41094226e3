namespace Magnum.Core.Persistence;

/// <summary>The databases that Magnum runs on.</summary>
internal enum DatabaseProvider
{
    /// <summary>One process, to try and for small clouds.</summary>
    Sqlite,

    /// <summary>14 and later.</summary>
    Postgres,

    /// <summary>2019 and later.</summary>
    SqlServer,
}
