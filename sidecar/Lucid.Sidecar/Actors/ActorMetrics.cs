using Lucid.Sidecar.Telemetry;
using Prometheus;

namespace Lucid.Sidecar.Actors;

/// <summary>daprd's <c>dapr_runtime_actor_*</c> metrics of one sidecar.</summary>
internal sealed class ActorMetrics(IMetricFactory metrics, string appId)
{
    private readonly Gauge reminders = DaprMetrics.ActorReminders.In(metrics);
    private readonly Gauge timers = DaprMetrics.ActorTimers.In(metrics);
    private readonly Gauge pending = DaprMetrics.ActorPendingCalls.In(metrics);
    private readonly Counter remindersFired = DaprMetrics.ActorRemindersFired.In(metrics);
    private readonly Counter timersFired = DaprMetrics.ActorTimersFired.In(metrics);
    private readonly Counter deactivated = DaprMetrics.ActorsDeactivated.In(metrics);
    private readonly Counter deactivationFailed = DaprMetrics.ActorDeactivationsFailed.In(metrics);

    public void Reminders(string type, int change) => reminders.WithLabels(appId, type).Inc(change);

    public void Timers(string type, int change) => timers.WithLabels(appId, type).Inc(change);

    public void Pending(string type, int change) => pending.WithLabels(appId, type).Inc(change);

    public void ReminderFired(string type, bool success) => remindersFired.WithLabels(appId, type, success ? "true" : "false").Inc();

    public void TimerFired(string type, bool success) => timersFired.WithLabels(appId, type, success ? "true" : "false").Inc();

    public void Deactivated(string type, bool confirmed) => (confirmed ? deactivated : deactivationFailed).WithLabels(appId, type).Inc();
}
