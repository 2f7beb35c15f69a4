using Lucid.Contracts.Services;
using Lucid.Journal;
using Lucid.ServiceDefaults;
using Lucid.SessionRecorder;
using Lucid.SessionRecorder.Clients;
using Lucid.SessionRecorder.Endpoints;
using Lucid.SessionRecorder.Storage;

var builder = LucidService.CreateBuilder(args, AppIds.SessionRecorder);
builder.AddLucidOptions<RecorderOptions>();
builder.Services.AddSingleton<IJournalFileSystem>(PhysicalFileSystem.Instance);
builder.Services.AddSingleton<SpoolKeys>();
builder.Services.AddSingleton<Recordings>();
builder.Services.AddServiceClient<PipelineClient>(AppIds.SessionPipeline);
builder.Services.AddHostedService<RecorderStartup>();
builder.Services.AddSingleton<PipelineReporter>();
builder.Services.AddHostedService(provider => provider.GetRequiredService<PipelineReporter>());

var app = builder.Build();
app.UseLucidDefaults();
app.MapRecordings();
app.MapIngest();
app.MapSpool();
return await app.RunLucidAsync(args);
