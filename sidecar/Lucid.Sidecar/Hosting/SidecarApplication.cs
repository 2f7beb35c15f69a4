using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Abstractions;
using Microsoft.AspNetCore.Http.Features;

namespace Lucid.Sidecar.Hosting;

/// <summary>Kestrel's requests as HttpContexts, one kept per connection and used again, without the diagnostics a web host adds.</summary>
internal sealed class SidecarApplication(IServiceScopeFactory scopes, RequestDelegate handler) : IHttpApplication<DefaultHttpContext>
{
    public DefaultHttpContext CreateContext(IFeatureCollection contextFeatures)
    {
        if (contextFeatures is not IHostContextContainer<DefaultHttpContext> container)
        {
            return new DefaultHttpContext(contextFeatures) { ServiceScopeFactory = scopes };
        }

        if (container.HostContext is { } context)
        {
            context.Initialize(contextFeatures);
        }
        else
        {
            context = new DefaultHttpContext(contextFeatures);
            container.HostContext = context;
        }

        context.ServiceScopeFactory = scopes;
        return context;
    }

    public Task ProcessRequestAsync(DefaultHttpContext context) => handler(context);

    public void DisposeContext(DefaultHttpContext context, Exception? exception) => context.Uninitialize();
}
