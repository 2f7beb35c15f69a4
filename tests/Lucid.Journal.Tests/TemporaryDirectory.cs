namespace Lucid.Journal.Tests;

internal sealed class TemporaryDirectory : IDisposable
{
    public string Path { get; } = Directory.CreateTempSubdirectory("lucid-journal-").FullName;

    public string[] Segments => [.. Directory.GetFiles(Path, "*.journal").Order(StringComparer.Ordinal)];

    public void Dispose() => Directory.Delete(Path, recursive: true);
}
