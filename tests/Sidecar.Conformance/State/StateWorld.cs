using Lucid.Sidecar.Conformance.Launching;
using Lucid.Sidecar.Conformance.Worlds;
using Microsoft.Data.Sqlite;

namespace Lucid.Sidecar.Conformance.State;

/// <summary>
/// Two apps on the same stores, and one without any. Stores: <c>memory</c>, <c>store</c> (sqlite), and, on the file of the latter,
/// one for each key prefix: <c>by-name</c>, <c>by-namespace</c>, <c>bare</c>, <c>shared</c>.
/// </summary>
public sealed class StateWorld : World
{
    private static readonly Dictionary<string, string> Namespaced = new() { ["NAMESPACE"] = "land" };

    public SidecarSpec One { get; private set; } = new("state-one") { Environment = Namespaced };

    public SidecarSpec Two { get; private set; } = new("state-two") { Environment = Namespaced };

    public SidecarSpec Storeless { get; private set; } = new("state-none");

    public override async ValueTask InitializeAsync()
    {
        Folder.Add("memory", "state.in-memory");
        foreach (var (name, prefix) in new[] { ("store", ""), ("by-name", "name"), ("by-namespace", "namespace"), ("bare", "none"), ("shared", "Team") })
        {
            Folder.Add(name, "state.sqlite", metadata: prefix.Length == 0
                ? [("connectionString", Folder.Data("state.db"))]
                : [("connectionString", Folder.Data("state.db")), ("keyPrefix", prefix)]);
        }

        One = await SidecarAsync(One);
        Two = await SidecarAsync(Two);
        Storeless = await SidecarAsync(Storeless with { Resources = NewFolder().Path });
    }

    /// <summary>Every stored key that ends so.</summary>
    public async Task<IReadOnlyList<string>> StoredKeysAsync(string end)
    {
        await using var database = new SqliteConnection($"Data Source={Folder.Data("state.db")};Mode=ReadOnly");
        await database.OpenAsync();
        await using var query = database.CreateCommand();
        query.CommandText = "SELECT key FROM state WHERE key LIKE '%' || $end ORDER BY key";
        query.Parameters.AddWithValue("$end", end);
        await using var reader = await query.ExecuteReaderAsync();
        List<string> keys = [];
        while (await reader.ReadAsync())
        {
            keys.Add(reader.GetString(0));
        }

        return keys;
    }

    public Task<HttpResponseMessage> SaveAsync(string store, string items, SidecarSpec? at = null) => PostAsync(at ?? One, $"/v1.0/state/{store}", items);

    public Task<HttpResponseMessage> ReadAsync(string store, string key, SidecarSpec? at = null) => GetAsync(at ?? One, $"/v1.0/state/{store}/{key}");

    /// <summary>The value's text, empty when there is none.</summary>
    public async Task<string> ValueAsync(string store, string key, SidecarSpec? at = null) => await (await ReadAsync(store, key, at)).TextAsync();

    /// <summary>Saves a value and returns its ETag.</summary>
    public async Task<string> SavedAsync(string store, string key, string value)
    {
        await (await SaveAsync(store, $$"""[{"key":"{{key}}","value":{{value}}}]""")).IsDoneAsync();
        return (await ReadAsync(store, key)).Header("ETag")!;
    }
}
