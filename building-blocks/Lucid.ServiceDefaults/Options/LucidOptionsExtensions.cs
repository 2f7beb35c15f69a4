namespace Lucid.ServiceDefaults;

public static class LucidOptionsExtensions
{
    /// <summary>
    /// Reads an options record: each settable property from the environment variable of its name in SCREAMING_SNAKE_CASE (or
    /// <see cref="EnvironmentNameAttribute"/>), checked by its data annotations and <see cref="System.ComponentModel.DataAnnotations.IValidatableObject"/>.
    /// Types: string, bool, int, long, double, decimal, Uri, enum (snake_case), string[] (commas). The record is registered as a singleton and
    /// returned for use while composing; faults are gathered and stop the start all together.
    /// </summary>
    public static T AddLucidOptions<T>(this WebApplicationBuilder builder) where T : class, new()
    {
        var options = EnvironmentReader.Read<T>(builder.Configuration, builder.Faults().Add);
        builder.Services.AddSingleton(options);
        return options;
    }

    /// <summary>Refuses to start with <paramref name="fault"/> (a sentence that names the variable and the accepted values) when <paramref name="when"/> holds.</summary>
    public static void RefuseStart(this WebApplicationBuilder builder, bool when, string fault)
    {
        if (when)
        {
            builder.Faults().Add(fault);
        }
    }

    /// <summary><see cref="RefuseStart"/>, with <c>ENVIRONMENT=production</c> only.</summary>
    public static void RefuseInProduction(this WebApplicationBuilder builder, bool when, string fault) =>
        builder.RefuseStart(when && builder.Runtime().IsProduction, fault);

    /// <summary>Who this process is, while the service is being put together.</summary>
    public static ServiceRuntime Runtime(this WebApplicationBuilder builder) => Instance<ServiceRuntime>(builder);

    internal static StartupFaults Faults(this WebApplicationBuilder builder) => Instance<StartupFaults>(builder);

    private static T Instance<T>(WebApplicationBuilder builder) where T : class =>
        builder.Services.First(s => s.ServiceType == typeof(T)).ImplementationInstance as T
        ?? throw new InvalidOperationException("the builder was not made by LucidService.CreateBuilder");
}
