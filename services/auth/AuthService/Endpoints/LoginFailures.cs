using Lucid.Contracts.Auth;
using Lucid.Contracts.Events;
using Lucid.ServiceDefaults;

namespace Lucid.AuthService.Endpoints;

/// <summary>Tells of refused log-ins. They change nothing, so no aggregate carries the event, and a lost one does no harm.</summary>
internal sealed partial class LoginFailures(IEventPublisher events, TimeProvider clock, ILogger<LoginFailures> logger)
{
    public async Task TellAsync(string challengeId, string reason, CancellationToken cancellationToken)
    {
        LogRefused(reason);
        try
        {
            await events.PublishAsync(Topics.Auth, EventTypes.LoginFailed, challengeId, new LoginFailure("wallet", reason), clock, cancellationToken);
        }
        catch (Exception e) when (e is not OperationCanceledException)
        {
            LogUntold(e); // the refusal must not depend on the broker
        }
    }
}
