using System.Text.Json;
using Lucid.Contracts;
using Spectre.Console;

namespace Lucid.Cli.Output;

/// <summary>Results go to standard output, as text or as one JSON object; everything else to standard error.</summary>
public sealed class Terminal(bool json)
{
    public bool Json { get; } = json;

    private readonly IAnsiConsole notes = AnsiConsole.Create(new AnsiConsoleSettings { Out = new AnsiConsoleOutput(Console.Error) });

    /// <summary>One line on standard error, also while progress is shown there.</summary>
    public void Note(string text)
    {
        if (Console.IsErrorRedirected)
        {
            Console.Error.WriteLine(text);
        }
        else
        {
            notes.WriteLine(text);
        }
    }

    /// <summary>The command's result: <paramref name="text"/> for people, <paramref name="value"/> for programs.</summary>
    public void Result<T>(T value, Func<string> text) => Console.Out.WriteLine(Json ? JsonSerializer.Serialize(value, JsonDefaults.Tolerant) : text());

    /// <summary>A table for people, lines of tab-separated cells for a pipe, the value for programs.</summary>
    public void Table<T>(T value, IReadOnlyList<string> columns, IEnumerable<string[]> rows)
    {
        if (Json)
        {
            Console.Out.WriteLine(JsonSerializer.Serialize(value, JsonDefaults.Tolerant));
            return;
        }

        if (Console.IsOutputRedirected)
        {
            foreach (var row in rows)
            {
                Console.Out.WriteLine(string.Join('\t', row));
            }

            return;
        }

        var table = new Table().Border(TableBorder.None);
        foreach (var column in columns)
        {
            table.AddColumn(new TableColumn(column).NoWrap());
        }

        foreach (var row in rows)
        {
            table.AddRow([.. row.Select(cell => new Text(cell))]);
        }

        AnsiConsole.Create(new AnsiConsoleSettings { Out = new AnsiConsoleOutput(Console.Out) }).Write(table);
    }

    /// <summary>Shows bytes done of bytes in all while <paramref name="work"/> runs; silent where nobody looks.</summary>
    public async Task<T> ProgressAsync<T>(string title, Func<IProgress<(long Done, long Total)>, Task<T>> work)
    {
        if (Console.IsErrorRedirected)
        {
            return await work(new Progress<(long, long)>());
        }

        return await notes.Progress()
            .Columns(new TaskDescriptionColumn(), new ProgressBarColumn(), new PercentageColumn(), new TransferSpeedColumn(), new RemainingTimeColumn())
            .StartAsync(async progress =>
            {
                var task = progress.AddTask(title, maxValue: 1);
                return await work(new Synchronous(state =>
                {
                    task.MaxValue = Math.Max(1, state.Total);
                    task.Value = state.Done;
                }));
            });
    }

    /// <summary>Shows what <paramref name="work"/> last said of itself while it runs, for work whose end is not known; silent where nobody looks.</summary>
    public async Task<T> StatusAsync<T>(string title, Func<Action<string>, Task<T>> work) =>
        Console.IsErrorRedirected
            ? await work(_ => { })
            : await notes.Status().StartAsync(Markup.Escape(title), status => work(text => status.Status = Markup.Escape(text)));

    private sealed class Synchronous(Action<(long Done, long Total)> report) : IProgress<(long Done, long Total)>
    {
        public void Report((long Done, long Total) value) => report(value);
    }
}
