using Lucid.Contracts.Services;
using Lucid.ServiceDefaults;
using Lucid.SessionAnchoring;

var builder = LucidService.CreateBuilder(args, AppIds.SessionAnchoring);
builder.AddAnchoring();

var app = builder.Build();
app.UseLucidDefaults();
app.MapAnchoringService();
return await app.RunLucidAsync(args);
