using System.Runtime.CompilerServices;

namespace Lucid.ApiGateway.Tests.Support;

/// <summary>Hosts of tests watch no configuration files: a machine has few watchers, and every host would take one.</summary>
internal static class HostDefaults
{
    [ModuleInitializer]
    internal static void WatchNothing() => Environment.SetEnvironmentVariable("DOTNET_hostBuilder__reloadConfigOnChange", "false");
}
