using System.Collections.Concurrent;
using System.Text;
using Lucid.Sidecar.Components;

namespace Lucid.Sidecar.Tests.PubSub;

/// <summary>A handler that keeps what it was given.</summary>
internal sealed class Inbox
{
    private readonly ConcurrentQueue<PubSubMessage> messages = new();
    private int attempts;

    public Func<int, bool> Verdict { get; init; } = _ => true;

    public Func<Task> Before { get; init; } = () => Task.CompletedTask;

    public int Count => messages.Count;

    public IReadOnlyList<PubSubMessage> Messages => [.. messages];

    public IReadOnlyList<string> Texts => [.. messages.Select(message => Encoding.UTF8.GetString(message.Data.Span))];

    public async Task<bool> Handle(PubSubMessage message, CancellationToken cancellationToken)
    {
        messages.Enqueue(message);
        await Before();
        return Verdict(Interlocked.Increment(ref attempts));
    }
}
