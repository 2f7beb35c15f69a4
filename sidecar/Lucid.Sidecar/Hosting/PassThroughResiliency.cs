using Lucid.Sidecar.Runtime;

namespace Lucid.Sidecar.Hosting;

/// <summary>No policies: every call is made once, as it comes.</summary>
internal sealed class PassThroughResiliency : IResiliency, IPolicy
{
    public bool IsConfigured => false;

    public IPolicy ForApp(string appId) => this;

    public IPolicy ForActor(string actorType, string actorId) => this;

    public IPolicy ForComponentOutbound(string component) => this;

    public IPolicy ForComponentInbound(string component) => this;

    public IPolicy? ByName(string retryPolicy) => null;

    public Task<T> ExecuteAsync<T>(Func<CancellationToken, Task<T>> attempt, Func<T, AttemptOutcome> classify, CancellationToken cancellationToken) =>
        attempt(cancellationToken);
}
