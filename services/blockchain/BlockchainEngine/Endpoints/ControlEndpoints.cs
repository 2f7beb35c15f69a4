using Lucid.BlockchainEngine.Domain;
using Lucid.Contracts.Access;
using Lucid.Contracts.Chain;
using Lucid.Contracts.Errors;
using Lucid.ServiceDefaults;

namespace Lucid.BlockchainEngine.Endpoints;

/// <summary>What operators do through the admin interface, which has checked who they are.</summary>
public static class ControlEndpoints
{
    public static void MapChainControl(this IEndpointRouteBuilder routes)
    {
        var group = routes.MapGroup("").WithTags("Chain control");
        group.MapPost(Routes.Engine.Pause, (ChainCommand command, EngineHost host, CancellationToken ct) => SetPausedAsync(command, host, true, ct))
            .WithName("PauseChain").Produces<ChainCommandResult>().WithSummary("Stops proposing; queues and reads stay");
        group.MapPost(Routes.Engine.ResumeProduction, (ChainCommand command, EngineHost host, CancellationToken ct) => SetPausedAsync(command, host, false, ct))
            .WithName("ResumeChain").Produces<ChainCommandResult>().WithSummary("Proposes again");
        group.MapPost(Routes.Engine.Resync, ResyncAsync)
            .WithName("ResyncChain").Produces<ChainCommandResult>().WithSummary("Reads the block log again and verifies every block; never rewinds");
    }

    private static async Task<IResult> SetPausedAsync(ChainCommand command, EngineHost host, bool paused, CancellationToken cancellationToken)
    {
        if (string.IsNullOrWhiteSpace(command.Reason))
        {
            return LucidResults.Error(LucidErrors.MissingField, "Say why in reason.", "reason_required");
        }

        await host.SetPausedAsync(paused, command.Reason, cancellationToken);
        return TypedResults.Ok(new ChainCommandResult(paused, host.Node.State.Height));
    }

    private static async Task<IResult> ResyncAsync(ChainCommand command, EngineHost host, EngineMetrics metrics, CancellationToken cancellationToken)
    {
        _ = command;
        try
        {
            return TypedResults.Ok(new ChainCommandResult(host.Node.IsPaused, await host.Node.ReverifyAsync(cancellationToken)));
        }
        catch (Exception damage) when (damage is ChainDamageException or Journal.JournalException)
        {
            metrics.IntegrityError();
            return LucidResults.Error(ChainErrors.Internal, "The block log does not verify; restore BLOCK_STORAGE_PATH from a copy.", "chain_damaged");
        }
    }
}
