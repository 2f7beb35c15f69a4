using Prometheus;

namespace Lucid.Sidecar.Actors;

/// <summary>daprd's <c>dapr_runtime_actor_*</c> metrics of one sidecar.</summary>
internal sealed class ActorMetrics(IMetricFactory metrics, string appId)
{
    private static readonly string[] ByType = ["app_id", "actor_type"];
    private static readonly string[] ByTypeAndSuccess = ["app_id", "actor_type", "success"];

    private readonly Gauge reminders = metrics.CreateGauge("dapr_runtime_actor_reminders", "Reminders registered.", ByType);
    private readonly Gauge timers = metrics.CreateGauge("dapr_runtime_actor_timers", "Timers registered.", ByType);
    private readonly Gauge pending = metrics.CreateGauge("dapr_runtime_actor_pending_actor_calls", "Calls waiting for their actor's turn.", ByType);
    private readonly Counter remindersFired = metrics.CreateCounter("dapr_runtime_actor_reminders_fired_total", "Reminders fired.", ByTypeAndSuccess);
    private readonly Counter timersFired = metrics.CreateCounter("dapr_runtime_actor_timers_fired_total", "Timers fired.", ByTypeAndSuccess);
    private readonly Counter deactivated = metrics.CreateCounter("dapr_runtime_actor_deactivated_total", "Actors deactivated.", ByType);
    private readonly Counter deactivationFailed = metrics.CreateCounter("dapr_runtime_actor_deactivated_failed_total", "Deactivations the app did not confirm.", ByType);

    public void Reminders(string type, int change) => reminders.WithLabels(appId, type).Inc(change);

    public void Timers(string type, int change) => timers.WithLabels(appId, type).Inc(change);

    public void Pending(string type, int change) => pending.WithLabels(appId, type).Inc(change);

    public void ReminderFired(string type, bool success) => remindersFired.WithLabels(appId, type, success ? "true" : "false").Inc();

    public void TimerFired(string type, bool success) => timersFired.WithLabels(appId, type, success ? "true" : "false").Inc();

    public void Deactivated(string type, bool confirmed) => (confirmed ? deactivated : deactivationFailed).WithLabels(appId, type).Inc();
}
