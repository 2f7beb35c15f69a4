namespace Lucid.ServiceDefaults.Tests.Example;

/// <summary>What a service's Program.cs looks like; <paramref name="replace"/> is the tests' only addition.</summary>
internal static class ExampleService
{
    public static WebApplication Build(string[] args, Action<WebApplicationBuilder>? replace = null)
    {
        var builder = LucidService.CreateBuilder(args, AppIds.SessionApi);
        builder.AddLucidOptions<NoteOptions>();
        builder.AddUserTokens();
        builder.AddLucidState().AddEntity<Note>("note", catalogued: true);
        builder.Services.AddServiceClient<PipelineClient>(AppIds.SessionPipeline, client => client.ForwardUserToken = true);
        replace?.Invoke(builder);

        var app = builder.Build();
        app.UseLucidDefaults();
        app.MapNotes();
        app.MapNoteSubscriptions();
        app.MapCatalogue(catalogue => catalogue.Add<Note, Note>("notes", note => note));
        return app;
    }
}
