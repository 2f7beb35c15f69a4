namespace Lucid.ServiceDefaults.Tests.Support;

/// <summary>The process ends here.</summary>
internal sealed class SimulatedCrash() : Exception("simulated crash");
