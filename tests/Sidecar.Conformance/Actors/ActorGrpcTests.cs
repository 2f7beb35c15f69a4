using Google.Protobuf;
using Grpc.Net.Client;
using Lucid.Sidecar.Conformance.Launching;
using Proto = Dapr.Client.Autogen.Grpc.v1;

namespace Lucid.Sidecar.Conformance.Actors;

/// <summary>The gRPC side of actors, which the SDK does not use.</summary>
public sealed class ActorGrpcTests(ActorWorld world) : IClassFixture<ActorWorld>
{
    [Fact]
    public async Task Data_of_a_reminder_come_back_as_bytes_and_reach_the_actor_in_base64()
    {
        using var channel = GrpcChannel.ForAddress(world.Spec.Grpc);
        var client = new Proto.Dapr.DaprClient(channel);
        byte[] data = [0, 255, (byte)'"'];
        await client.RegisterActorReminderAsync(new Proto.RegisterActorReminderRequest
        {
            ActorType = "T", ActorId = "grpc", Name = "r", DueTime = "100ms", Data = ByteString.CopyFrom(data),
        });
        await Probe.UntilAsync(() => Task.FromResult(world.App.At("/actors/T/grpc/method/remind/r").Count > 0), "the reminder fires");
        Assert.Contains($"\"data\":\"{Convert.ToBase64String(data)}\"", world.App.At("/actors/T/grpc/method/remind/r")[0].Text, StringComparison.Ordinal);

        await client.RegisterActorReminderAsync(new Proto.RegisterActorReminderRequest
        {
            ActorType = "T", ActorId = "grpc", Name = "later", DueTime = "1h", Data = ByteString.CopyFrom(data),
        });
        var kept = await client.GetActorReminderAsync(new Proto.GetActorReminderRequest { ActorType = "T", ActorId = "grpc", Name = "later" });
        Assert.Equal(data, kept.Data.Unpack<Google.Protobuf.WellKnownTypes.BytesValue>().Value.ToByteArray());
    }

    [Fact]
    public async Task An_unknown_operation_of_a_transaction_is_refused()
    {
        await world.InvokeAsync("T", "grpc-state");
        using var channel = GrpcChannel.ForAddress(world.Spec.Grpc);
        var request = new Proto.ExecuteActorStateTransactionRequest { ActorType = "T", ActorId = "grpc-state" };
        request.Operations.Add(new Proto.TransactionalActorStateOperation { OperationType = "increment", Key = "k" });
        await Assert.ThrowsAsync<global::Grpc.Core.RpcException>(async () => await new Proto.Dapr.DaprClient(channel).ExecuteActorStateTransactionAsync(request));
    }
}
