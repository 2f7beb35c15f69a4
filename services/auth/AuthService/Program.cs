using Lucid.AuthService;
using Lucid.Contracts.Services;
using Lucid.ServiceDefaults;

var builder = LucidService.CreateBuilder(args, AppIds.AuthService);
builder.AddAuth();

var app = builder.Build();
app.UseLucidDefaults();
app.MapActorsHandlers();
app.MapAuth();
return await app.RunLucidAsync(args);
