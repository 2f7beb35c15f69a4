using Lucid.DaprFiles;

// Writes dapr/ and components/ from the tables of Lucid.Contracts; --check only compares and exits 1 on a difference.
var root = args.FirstOrDefault(arg => !arg.StartsWith('-')) ?? Directory.GetCurrentDirectory();
var check = args.Contains("--check");
var different = 0;
foreach (var file in GeneratedFiles.All(root))
{
    var path = Path.Combine(root, file.Path);
    if (File.Exists(path) && File.ReadAllText(path) == file.Text)
    {
        continue;
    }

    different++;
    Console.Error.WriteLine($"{(check ? "differs from Lucid.Contracts" : "written")}: {file.Path}");
    if (!check)
    {
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        File.WriteAllText(path, file.Text);
    }
}

return check && different > 0 ? 1 : 0;
