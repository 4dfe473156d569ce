/// A secret, changed only by somebody with a name.
#[derive(Debug, Clone, PartialEq, Model)]
#[model(table = "vaults", unchecked)]
#[audited(require_actor)]
pub struct Vault {
    pub id: i64,
    pub password: String,
    #[track(mask)]
    pub pin: i32,
}
