using Lucid.DaprFiles;

namespace Lucid.Architecture;

public class GeneratedFileTests
{
    [Fact]
    public void Dapr_files_say_what_the_contracts_say()
    {
        var differing = GeneratedFiles.All(Repository.Root)
            .Where(file => !File.Exists(Path.Combine(Repository.Root, file.Path)) || File.ReadAllText(Path.Combine(Repository.Root, file.Path)) != file.Text)
            .Select(file => file.Path);
        Assert.Empty(differing); // dotnet run --project tools/DaprFiles
    }

    [Fact]
    public void Nothing_but_generated_files_lies_in_the_generated_folders()
    {
        var generated = GeneratedFiles.All(Repository.Root).Select(file => file.Path).ToHashSet();
        var strangers =
            from folder in (string[])["dapr/config", "dapr/config-run", "components/local", "components/redis", "components/production"]
            from path in Directory.EnumerateFiles(Path.Combine(Repository.Root, folder))
            let relative = Path.GetRelativePath(Repository.Root, path)
            where !generated.Contains(relative)
            select relative;
        Assert.Empty(strangers);
    }
}
