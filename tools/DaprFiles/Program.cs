using Lucid.DaprFiles;

// Writes dapr/ and components/ from the tables of Lucid.Contracts; --check only compares and exits 1 on a difference.
var root = args.FirstOrDefault(arg => !arg.StartsWith('-')) ?? Directory.GetCurrentDirectory();
return GeneratedFiles.Write(root, GeneratedFiles.All(root), args.Contains("--check"));
