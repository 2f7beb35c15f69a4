namespace Lucid.Simulation;

/// <summary>The simulated machine has lost power: nothing it does from here on has an effect.</summary>
public sealed class SimulatedCrashException() : Exception("The simulated machine has crashed.");
