namespace Lucid.ServiceDefaults;

/// <summary>Something this service needs. Registered with <c>services.AddDependencyCheck&lt;T&gt;()</c>; asked at most every 5 s.</summary>
public interface IDependencyCheck
{
    /// <summary>snake_case or component name; the key in health answers and the label of <c>dependency_up</c>.</summary>
    string Name { get; }

    /// <summary>True: the service is not ready without it. False: it is degraded.</summary>
    bool Critical { get; }

    /// <summary>True when usable. Has 400 ms; an exception or a time-out counts as down.</summary>
    Task<bool> IsUpAsync(CancellationToken cancellationToken);
}
