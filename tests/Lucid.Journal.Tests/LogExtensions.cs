using System.Text;

namespace Lucid.Journal.Tests;

internal static class LogExtensions
{
    public static ValueTask<long> AppendAsync(this SegmentedLog log, string text) =>
        log.AppendAsync(Encoding.UTF8.GetBytes(text), TestContext.Current.CancellationToken);

    public static async Task AppendAllAsync(this SegmentedLog log, params string[] texts)
    {
        foreach (string text in texts)
        {
            await log.AppendAsync(text);
        }
    }

    public static async Task<string[]> ReadTextsAsync(this SegmentedLog log, long from = 0)
    {
        var texts = new List<string>();
        await foreach (JournalRecord record in log.ReadAsync(from, TestContext.Current.CancellationToken))
        {
            Assert.Equal(from + texts.Count, record.Index);
            texts.Add(record.Text());
        }

        return [.. texts];
    }

    public static string Text(this JournalRecord record) => Encoding.UTF8.GetString(record.Payload.Span);

    public static string[] Numbered(int count) => [.. Enumerable.Range(0, count).Select(i => $"record {i}")];
}
