using Lucid.Contracts.Services;
using Lucid.Contracts.Sessions;
using Lucid.Contracts.ReadModel;
using Lucid.ServiceDefaults;
using Lucid.SessionPipeline;
using Lucid.SessionPipeline.Actors;
using Lucid.SessionPipeline.Clients;
using Lucid.SessionPipeline.Domain;
using Lucid.SessionPipeline.Endpoints;
using Lucid.SessionPipeline.Storage;
using Lucid.SessionPipeline.Subscriptions;

var builder = LucidService.CreateBuilder(args, AppIds.SessionPipeline);
builder.AddLucidState().AddEntity<Session>("session", catalogued: true).AddEntity<LedgerPage>("ledger").AddEntity<WorkingKey>("working-key");
builder.Services.AddServiceClient<RecorderClient>(AppIds.SessionRecorder);
builder.Services.AddServiceClient<StorageClient>(AppIds.SessionStorage);
builder.Services.AddServiceClient<AnchoringClient>(AppIds.SessionAnchoring);
builder.AddPipeline();

var app = builder.Build();
app.UseLucidDefaults();
app.MapActorsHandlers();
app.MapPipelines();
app.MapChunkLedger();
app.MapChainSubscription();
app.MapCatalogue(kinds => kinds.Add<Session, SessionView>(Views.Sessions, session => SessionViews.Of(session, 0, [])));
return await app.RunLucidAsync(args);
