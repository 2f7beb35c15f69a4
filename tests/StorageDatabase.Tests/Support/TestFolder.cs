namespace Lucid.StorageDatabase.Tests.Support;

/// <summary>A folder of its own below the system's temporary one, gone afterwards.</summary>
internal sealed class TestFolder : IDisposable
{
    public string Path { get; } = Directory.CreateTempSubdirectory("read-model-").FullName;

    public ReadModelOptions Options => new() { ReadModelPath = Path };

    public void Dispose() => Directory.Delete(Path, recursive: true);
}
