using Lucid.Sidecar.Runtime;

namespace Lucid.Sidecar.Tests.Actors;

/// <summary>Policies that call straight through, or repeat a failure a given number of times.</summary>
internal sealed class PlainResiliency : IResiliency
{
    public int ActorRetries { get; set; }

    public IPolicy ForApp(string appId) => new Policy(0);

    public IPolicy ForActor(string actorType, string actorId) => new Policy(ActorRetries);

    public IPolicy ForComponentOutbound(string component) => new Policy(0);

    public IPolicy ForComponentInbound(string component) => new Policy(0);

    public IPolicy? ByName(string retryPolicy) => null;

    private sealed class Policy(int retries) : IPolicy
    {
        public bool IsConfigured => retries > 0;

        public async Task<T> ExecuteAsync<T>(Func<CancellationToken, Task<T>> attempt, Func<T, AttemptOutcome> classify, CancellationToken cancellationToken)
        {
            for (var left = retries; ; left--)
            {
                var result = await attempt(cancellationToken);
                if (left == 0 || !classify(result).IsFailure)
                {
                    return result;
                }
            }
        }
    }
}
