using Lucid.Contracts.Services;
using Lucid.ServiceDefaults;
using Lucid.SessionApi.Clients;
using Lucid.SessionApi.Domain;
using Lucid.SessionApi.Endpoints;

var builder = LucidService.CreateBuilder(args, AppIds.SessionApi);
builder.AddUserTokens();
builder.AddLucidState().AddEntity<Consent>("consent");
builder.Services.AddServiceClient<PipelineClient>(AppIds.SessionPipeline);
builder.Services.AddServiceClient<KeyClient>(AppIds.AuthService);
builder.Services.AddServiceClient<ReadModelClient>(AppIds.StorageDatabase, client => client.ForwardUserToken = true);
builder.Services.AddServiceClient<RecorderClient>(AppIds.SessionRecorder, client => client.Retry = false);
builder.Services.AddServiceClient<StorageClient>(AppIds.SessionStorage, client => (client.Retry, client.Timeout) = (false, TimeSpan.FromHours(6)));
builder.Services.AddSingleton<SessionGuard>();

var app = builder.Build();
app.UseLucidDefaults();
app.MapSessions();
app.MapSessionCommands();
app.MapIngest();
app.MapRecordings();
app.MapConsents();
return await app.RunLucidAsync(args);
