using Lucid.Sidecar.Runtime;

namespace Lucid.Sidecar.Tests.PubSub;

/// <summary>Retries at once, so many times; what resiliency files would name.</summary>
internal sealed class ScriptedPolicy(int retries) : IResiliency, IPolicy
{
    public bool IsConfigured => retries > 0;

    /// <summary>Pause between attempts; cancellable like a real one.</summary>
    public TimeSpan Pause { get; init; } = TimeSpan.Zero;

    public IPolicy ForApp(string appId) => new ScriptedPolicy(0);

    public IPolicy ForActor(string actorType, string actorId) => new ScriptedPolicy(0);

    public IPolicy ForComponentOutbound(string component) => new ScriptedPolicy(0);

    public IPolicy ForComponentInbound(string component) => this;

    public IPolicy? ByName(string retryPolicy) => null;

    public async Task<T> ExecuteAsync<T>(Func<CancellationToken, Task<T>> attempt, Func<T, AttemptOutcome> classify, CancellationToken cancellationToken)
    {
        for (var count = 0; ; count++)
        {
            var result = await attempt(cancellationToken);
            if (!classify(result).IsFailure || count == retries)
            {
                return result;
            }

            await Task.Delay(Pause, cancellationToken);
        }
    }
}
