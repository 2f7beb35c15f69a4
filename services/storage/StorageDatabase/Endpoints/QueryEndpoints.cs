using Lucid.Contracts;
using Lucid.Contracts.Access;
using Lucid.Contracts.Errors;
using Lucid.Contracts.ReadModel;
using Lucid.ServiceDefaults;
using Lucid.StorageDatabase.Domain;

namespace Lucid.StorageDatabase.Endpoints;

/// <summary>Lists and search for the services that answer users.</summary>
internal static class QueryEndpoints
{
    public static void MapQueries(this IEndpointRouteBuilder routes) => routes
        .MapPost(Routes.ReadModel.Query, QueryAsync)
        .RequireUser()
        .WithName("QueryView").Produces<ReadPage>()
        .WithSummary("One page of a view, of the caller's own documents unless the role may see all: 400 names the fields, 404 an unknown view, 503/5002 to try again")
        .WithTags("Read model");

    private static async Task<IResult> QueryAsync(
        string view, ReadQuery query, UserContext user, IReadModel readModel, IndexLag lag, ILogger<IReadModel> logger, CancellationToken cancellationToken)
    {
        if (ViewDefinition.Find(view) is not { } definition)
        {
            return LucidResults.NotFound($"Ask for one of the views {string.Join(", ", ViewDefinition.All.Select(known => known.Name))}.", "view_not_found");
        }

        if (QueryRules.Check(definition, query) is { Count: > 0 } errors)
        {
            return LucidResults.Invalid(errors);
        }

        try
        {
            var page = await readModel.QueryAsync(definition, query, Visibility.Of(user), cancellationToken);
            return Results.Json(new ReadPage(page.Documents, query.Page, query.Limit, page.Total, lag.Milliseconds(definition)), JsonDefaults.Tolerant);
        }
        catch (ReadModelException e)
        {
            logger.LogQueryFailed(definition.Name, e);
            return LucidResults.Error(
                LucidErrors.Database, "Lists and search do not work at the moment; try again.", "read_model_down", retryAfter: TimeSpan.FromSeconds(5));
        }
    }
}
