namespace Lucid.Sidecar.Cli;

/// <summary>Takes the options of one command; whatever it does not know is a <see cref="UsageException"/>.</summary>
internal sealed class ArgumentReader
{
    private readonly Dictionary<string, List<string>> values = new(StringComparer.Ordinal);

    /// <param name="valued">Options that take a value, after a blank or an equals sign.</param>
    /// <param name="switches">Options that take none.</param>
    public ArgumentReader(IReadOnlyList<string> arguments, IReadOnlyList<string> valued, IReadOnlyList<string> switches)
    {
        for (var i = 0; i < arguments.Count; i++)
        {
            var argument = arguments[i];
            var equals = argument.StartsWith('-') ? argument.IndexOf('=', StringComparison.Ordinal) : -1;
            var name = equals < 0 ? argument : argument[..equals];
            if (!argument.StartsWith('-'))
            {
                Positional.Add(argument);
            }
            else if (valued.Contains(name))
            {
                var value = equals >= 0 ? argument[(equals + 1)..] : i + 1 < arguments.Count ? arguments[++i] : throw new UsageException($"{name} needs a value");
                Add(name, value);
            }
            else if (switches.Contains(name) && equals < 0)
            {
                Add(name, "");
            }
            else
            {
                throw new UsageException($"unknown option {argument}; known here: {string.Join(", ", valued.Concat(switches))}");
            }
        }
    }

    public List<string> Positional { get; } = [];

    public bool Has(string name) => values.ContainsKey(name);

    /// <summary>All values of an option under any of its spellings.</summary>
    public IReadOnlyList<string> All(params ReadOnlySpan<string> names)
    {
        var all = new List<string>();
        foreach (var name in names)
        {
            all.AddRange(values.GetValueOrDefault(name) ?? []);
        }

        return all;
    }

    public string? One(params ReadOnlySpan<string> names) => All(names) switch
    {
        [] => null,
        [var only] => only,
        _ => throw new UsageException($"{names[0]} is given twice"),
    };

    private void Add(string name, string value)
    {
        if (!values.TryGetValue(name, out var list))
        {
            values.Add(name, list = []);
        }

        list.Add(value);
    }
}
