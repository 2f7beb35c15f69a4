using Lucid.Sidecar.Certificates;
using Lucid.Sidecar.Cli;
using Lucid.Sidecar.Hosting;

ILoggerFactory? loggers = null;
try
{
    return await new CommandLine(Console.Out, Console.Error, Environment.GetEnvironmentVariable, MakeRuntime).RunAsync(args);
}
finally
{
    loggers?.Dispose();
}

SidecarHost MakeRuntime(RuntimeRequest request)
{
    loggers = LoggerFactory.Create(logging =>
    {
        // Kestrel warns of every listener without TLS, which ours are by design.
        logging.SetMinimumLevel(request.LogLevel).AddFilter("Microsoft", LogLevel.Warning).AddFilter("Microsoft.AspNetCore.Server.Kestrel", LogLevel.Error);

        // Spans are asked for in the configuration, so the level of the log does not hide them.
        logging.AddFilter("Lucid.Sidecar.Telemetry.LoggedSpans", LogLevel.Information);
        _ = request.LogAsJson ? logging.AddJsonConsole() : logging.AddSimpleConsole(console => console.SingleLine = true);
    });
    var authority = request.AuthorityFolder is { } folder ? DevelopmentAuthority.OpenOrCreate(folder, TimeProvider.System) : null;
    return new SidecarHost(new SidecarHostOptions
    {
        Loggers = loggers,
        MutualAuthentication = request.MutualAuthentication,
        CertificateAuthority = authority?.Certificate,
        IssueCertificate = authority is null ? null : identity => authority.Issue(identity, DevelopmentAuthority.LeafLifetime),
    });
}
