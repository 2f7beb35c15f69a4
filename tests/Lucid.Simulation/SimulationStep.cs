namespace Lucid.Simulation;

internal readonly record struct SimulationStep(SimulationNode Node, Action Action);
