using System.Collections.Concurrent;

namespace Lucid.Sidecar.Components;

/// <summary>What a component may know of its surroundings: the app it serves and things shared by the sidecars of one process.</summary>
/// <param name="AppId">App the component is opened for; the default consumer group and key prefix.</param>
/// <param name="Namespace">Namespace of that app.</param>
/// <param name="Shared">Process-wide singletons by a key of the component's choosing (an opened file, a broker).</param>
public sealed record ComponentHost(
    string AppId,
    string Namespace,
    TimeProvider Time,
    ILoggerFactory Loggers,
    SharedResources Shared)
{
    /// <summary>Environment of the app's sidecar: what <c>envRef</c> and <c>secretstores.local.env</c> read. Null: that of this process.</summary>
    public IReadOnlyDictionary<string, string>? Environment { get; init; }

    /// <summary>A variable of that environment, or null.</summary>
    public string? EnvironmentVariable(string name) =>
        Environment is null ? System.Environment.GetEnvironmentVariable(name) : Environment.GetValueOrDefault(name);

    public IEnumerable<KeyValuePair<string, string>> EnvironmentVariables() =>
        Environment ?? System.Environment.GetEnvironmentVariables().Cast<System.Collections.DictionaryEntry>()
            .Select(entry => KeyValuePair.Create((string)entry.Key, (string?)entry.Value ?? ""));
}

/// <summary>Reference-free registry of things that sidecars of one process share; disposed with the process' host.</summary>
public sealed class SharedResources : IAsyncDisposable
{
    private readonly ConcurrentDictionary<string, Lazy<Task<IAsyncDisposable>>> resources = new(StringComparer.Ordinal);

    /// <summary>The resource under <paramref name="key"/>, made once by the first caller; a failure is not kept, so the next caller tries again.</summary>
    public async Task<T> GetOrAddAsync<T>(string key, Func<Task<T>> make) where T : IAsyncDisposable
    {
        var entry = resources.GetOrAdd(key, _ => new Lazy<Task<IAsyncDisposable>>(async () => await make().ConfigureAwait(false)));
        try
        {
            return (T)await entry.Value.ConfigureAwait(false);
        }
        catch
        {
            resources.TryRemove(KeyValuePair.Create(key, entry));
            throw;
        }
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var entry in resources.Values)
        {
            if (entry.IsValueCreated && entry.Value.IsCompletedSuccessfully)
            {
                await (await entry.Value.ConfigureAwait(false)).DisposeAsync().ConfigureAwait(false);
            }
        }

        resources.Clear();
    }
}
