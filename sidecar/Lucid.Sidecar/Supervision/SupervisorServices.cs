namespace Lucid.Sidecar.Supervision;

/// <summary>What the apps of one run share.</summary>
/// <param name="AfterExit">What to add to the report of an app that has ended, by its app-id.</param>
internal sealed record SupervisorServices(
    ISidecarRuntime Runtime, SpawnThread Spawn, Lifeline Lifeline, RunOutput Output, TimeProvider Time, TimeSpan ReadyTimeout, Func<string, string> AfterExit);
