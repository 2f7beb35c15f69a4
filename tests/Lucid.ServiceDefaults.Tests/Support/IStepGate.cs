namespace Lucid.ServiceDefaults.Tests.Support;

/// <summary>Stands before every step that reaches outside of the process.</summary>
internal interface IStepGate
{
    /// <summary>Returns true when the step happens but the process ends before it learns of it; throws when it ends before.</summary>
    Task<bool> EnterAsync();
}

internal sealed class OpenGate : IStepGate
{
    public Task<bool> EnterAsync() => Task.FromResult(false);
}
