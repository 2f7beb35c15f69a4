using Lucid.Contracts.Services;
using Lucid.ServiceDefaults;
using Lucid.SessionAnchoring;
using Lucid.SessionAnchoring.Clients;
using Lucid.SessionAnchoring.Endpoints;
using Lucid.SessionAnchoring.Subscriptions;

var builder = LucidService.CreateBuilder(args, AppIds.SessionAnchoring);
builder.AddLucidOptions<AnchoringOptions>();
builder.Services.AddEventPublisher();
builder.Services.AddServiceClient<EngineClient>(AppIds.BlockchainEngine);
builder.Services.AddSingleton<AnchoringMetrics>();
builder.Services.AddSingleton<Announcer>();
builder.Services.AddSingleton<AnchoringHost>();
builder.Services.AddHostedService(provider => provider.GetRequiredService<AnchoringHost>());
builder.Services.AddSingleton<AnchoringWorker>();
builder.Services.AddHostedService(provider => provider.GetRequiredService<AnchoringWorker>());
builder.Services.AddDependencyCheck("journal", critical: true, (provider, _) => Task.FromResult(provider.GetRequiredService<AnchoringHost>().IsOpen));
builder.Services.AddDependencyCheck("engine", critical: false, (provider, _) => Task.FromResult(provider.GetRequiredService<AnchoringWorker>().IsEngineUp));

var app = builder.Build();
app.UseLucidDefaults();
app.MapAnchoring();
app.MapChainEvents();
return await app.RunLucidAsync(args);
