namespace Lucid.ServiceDefaults.Tests.Support;

/// <summary>Ends the process at a given step, before or after it took effect; a dead process takes no further step.</summary>
internal sealed class CrashingGate(int stepsToLive, bool afterEffect) : IStepGate
{
    private int _left = stepsToLive;

    public bool IsDead { get; private set; }

    public Task<bool> EnterAsync()
    {
        if (IsDead)
        {
            throw new SimulatedCrash();
        }

        if (_left-- > 0)
        {
            return Task.FromResult(false);
        }

        IsDead = true;
        return afterEffect ? Task.FromResult(true) : throw new SimulatedCrash();
    }
}
