using Lucid.Contracts.Services;
using Lucid.ServiceDefaults;
using Lucid.StorageDatabase;
using Lucid.StorageDatabase.Endpoints;
using Lucid.StorageDatabase.Subscriptions;

var builder = LucidService.CreateBuilder(args, AppIds.StorageDatabase);
builder.AddUserTokens();
builder.AddReadModel();

var app = builder.Build();
app.UseLucidDefaults();
app.MapQueries();
app.MapRebuild();
app.MapSessionsSubscription();
return await app.RunLucidAsync(args);
