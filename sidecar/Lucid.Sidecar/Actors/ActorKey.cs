namespace Lucid.Sidecar.Actors;

/// <summary>Identity of an actor. Actors of different namespaces never see each other, as with daprd's placement.</summary>
internal readonly record struct ActorKey(string Namespace, string Type, string Id)
{
    public override string ToString() => $"{Type}/{Id}";
}
