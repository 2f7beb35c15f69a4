using Microsoft.AspNetCore.Server.Kestrel.Core;

namespace Lucid.Sidecar.Hosting;

/// <summary>The services Kestrel's TLS looks up. The framework registers them only through a web host builder, so one is made for its list and left.</summary>
internal static class KestrelServices
{
    public static void AddTo(IServiceCollection services)
    {
        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        builder.WebHost.UseKestrelCore();
        foreach (var service in builder.Services.Where(service => service.ServiceType.Assembly == typeof(KestrelServer).Assembly))
        {
            services.Add(service);
        }
    }
}
