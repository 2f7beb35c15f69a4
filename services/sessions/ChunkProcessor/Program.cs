using Lucid.ChunkProcessor.Clients;
using Lucid.ChunkProcessor.Domain;
using Lucid.ChunkProcessor.Subscriptions;
using Lucid.Contracts.Services;
using Lucid.ServiceDefaults;

var builder = LucidService.CreateBuilder(args, AppIds.ChunkProcessor);
builder.Services.AddServiceClient<PipelineClient>(AppIds.SessionPipeline);
builder.Services.AddServiceClient<SpoolClient>(AppIds.SessionRecorder);
builder.Services.AddServiceClient<StorageClient>(AppIds.SessionStorage, client => client.Retry = false);
builder.Services.AddSingleton<ChunkWork>();

var app = builder.Build();
app.UseLucidDefaults();
app.MapChunkSubscription();
return await app.RunLucidAsync(args);
