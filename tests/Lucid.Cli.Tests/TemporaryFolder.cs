namespace Lucid.Cli.Tests;

internal sealed class TemporaryFolder : IDisposable
{
    public string Path { get; } = Directory.CreateTempSubdirectory("lucid-cli-").FullName;

    public void Dispose() => Directory.Delete(Path, recursive: true);
}
