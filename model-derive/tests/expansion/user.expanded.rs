#[derive(Model)]
#[model(unchecked, app = "club")]
#[user]
#[permissions(open_bar, close_bar = "Can close the bar for the night")]
pub struct Member {
    ///The key.
    pub id: ::model_runtime::__private::Uuid,
    pub club: String,
    ///A name to be called by; unique.
    pub username: ::core::option::Option<::std::string::String>,
    ///The e-mail address, by which the user signs in; unique in any case of its letters.
    pub email: ::std::string::String,
    ///The hash of the password.
    pub password: ::model_runtime::users::PasswordHash,
    ///The given name.
    pub first_name: ::std::string::String,
    ///The family name.
    pub last_name: ::std::string::String,
    ///The phone number.
    pub phone_number: ::std::string::String,
    ///The picture.
    pub avatar: ::core::option::Option<::model_runtime::files::StoredFile>,
    ///What the user says of themselves.
    pub bio: ::std::string::String,
    ///Whether the user may sign in.
    pub is_active: ::core::primitive::bool,
    ///Whether the user may see the staff's pages.
    pub is_staff: ::core::primitive::bool,
    ///Whether the user has every permission.
    pub is_superuser: ::core::primitive::bool,
    ///Whether the e-mail address was verified.
    pub is_verified: ::core::primitive::bool,
    ///When the e-mail address was verified.
    pub verified_at: ::core::option::Option<
        ::model_runtime::__private::DateTime<::model_runtime::__private::Utc>,
    >,
    ///Whether signing in takes a second factor.
    pub two_factor_enabled: ::core::primitive::bool,
    ///When the user last signed in.
    pub last_login_at: ::core::option::Option<
        ::model_runtime::__private::DateTime<::model_runtime::__private::Utc>,
    >,
}
///The columns of [`Member`], for `filter`, `order_by`, `update` and `values`.
#[allow(dead_code, missing_docs)]
pub struct MemberColumns<
    R = Member,
    P: ::model_runtime::Presence = ::model_runtime::Always,
> {
    pub id: ::model_runtime::Column<R, P::Of<::model_runtime::__private::Uuid>>,
    pub club: ::model_runtime::Column<R, P::Of<String>>,
    pub username: ::model_runtime::Column<
        R,
        ::core::option::Option<::std::string::String>,
    >,
    pub email: ::model_runtime::Column<R, P::Of<::std::string::String>>,
    pub password: ::model_runtime::Column<
        R,
        P::Of<::model_runtime::users::PasswordHash>,
    >,
    pub first_name: ::model_runtime::Column<R, P::Of<::std::string::String>>,
    pub last_name: ::model_runtime::Column<R, P::Of<::std::string::String>>,
    pub phone_number: ::model_runtime::Column<R, P::Of<::std::string::String>>,
    pub avatar: ::model_runtime::Column<
        R,
        ::core::option::Option<::model_runtime::files::StoredFile>,
    >,
    pub bio: ::model_runtime::Column<R, P::Of<::std::string::String>>,
    pub is_active: ::model_runtime::Column<R, P::Of<::core::primitive::bool>>,
    pub is_staff: ::model_runtime::Column<R, P::Of<::core::primitive::bool>>,
    pub is_superuser: ::model_runtime::Column<R, P::Of<::core::primitive::bool>>,
    pub is_verified: ::model_runtime::Column<R, P::Of<::core::primitive::bool>>,
    pub verified_at: ::model_runtime::Column<
        R,
        ::core::option::Option<
            ::model_runtime::__private::DateTime<::model_runtime::__private::Utc>,
        >,
    >,
    pub two_factor_enabled: ::model_runtime::Column<R, P::Of<::core::primitive::bool>>,
    pub last_login_at: ::model_runtime::Column<
        R,
        ::core::option::Option<
            ::model_runtime::__private::DateTime<::model_runtime::__private::Utc>,
        >,
    >,
    __path: ::model_runtime::Path,
}
impl<R, P: ::model_runtime::Presence> ::core::marker::Copy for MemberColumns<R, P> {}
impl<R, P: ::model_runtime::Presence> ::core::clone::Clone for MemberColumns<R, P> {
    fn clone(&self) -> Self {
        *self
    }
}
#[allow(dead_code)]
impl<R, P: ::model_runtime::Presence> MemberColumns<R, P> {
    const fn __at(path: ::model_runtime::Path) -> Self {
        use ::model_runtime::Column as C;
        let columns = <Member as ::model_runtime::Model>::TABLE.columns;
        Self {
            id: C::new(&columns[0], path),
            club: C::new(&columns[1], path),
            username: C::new(&columns[2], path),
            email: C::new(&columns[3], path),
            password: C::new(&columns[4], path),
            first_name: C::new(&columns[5], path),
            last_name: C::new(&columns[6], path),
            phone_number: C::new(&columns[7], path),
            avatar: C::new(&columns[8], path),
            bio: C::new(&columns[9], path),
            is_active: C::new(&columns[10], path),
            is_staff: C::new(&columns[11], path),
            is_superuser: C::new(&columns[12], path),
            is_verified: C::new(&columns[13], path),
            verified_at: C::new(&columns[14], path),
            two_factor_enabled: C::new(&columns[15], path),
            last_login_at: C::new(&columns[16], path),
            __path: path,
        }
    }
}
impl<R: 'static, P: ::model_runtime::Presence> ::model_runtime::Related<R>
for MemberColumns<R, P>
where
    P::Of<Member>: ::core::marker::Send,
{
    type Out = P::Of<Member>;
    fn paths(&self) -> ::std::vec::Vec<::model_runtime::Path> {
        ::core::convert::Into::into([self.__path])
    }
    fn width(&self) -> usize {
        <Member as ::model_runtime::Model>::TABLE.columns.len()
    }
    fn read<B: ::model_runtime::Backend>(
        &self,
        row: &B::Row,
        at: usize,
    ) -> ::model_runtime::__private::sqlx::Result<P::Of<Member>> {
        ::model_runtime::read_related::<B, Member, P>(self.__path, row, at)
    }
}
#[doc(hidden)]
#[allow(missing_debug_implementations, missing_docs, non_camel_case_types)]
pub mod __member_fields {
    pub struct club;
    pub struct email;
}
#[doc(hidden)]
pub struct MemberDraft {
    id: ::core::option::Option<::model_runtime::__private::Uuid>,
    club: ::core::option::Option<String>,
    username: ::core::option::Option<::core::option::Option<::std::string::String>>,
    email: ::core::option::Option<::std::string::String>,
    password: ::core::option::Option<::model_runtime::users::PasswordHash>,
    first_name: ::core::option::Option<::std::string::String>,
    last_name: ::core::option::Option<::std::string::String>,
    phone_number: ::core::option::Option<::std::string::String>,
    avatar: ::core::option::Option<
        ::core::option::Option<::model_runtime::files::StoredFile>,
    >,
    bio: ::core::option::Option<::std::string::String>,
    is_active: ::core::option::Option<::core::primitive::bool>,
    is_staff: ::core::option::Option<::core::primitive::bool>,
    is_superuser: ::core::option::Option<::core::primitive::bool>,
    is_verified: ::core::option::Option<::core::primitive::bool>,
    verified_at: ::core::option::Option<
        ::core::option::Option<
            ::model_runtime::__private::DateTime<::model_runtime::__private::Utc>,
        >,
    >,
    two_factor_enabled: ::core::option::Option<::core::primitive::bool>,
    last_login_at: ::core::option::Option<
        ::core::option::Option<
            ::model_runtime::__private::DateTime<::model_runtime::__private::Utc>,
        >,
    >,
}
impl MemberDraft {
    fn build(self) -> Member {
        Member {
            id: self.id.unwrap_or_else(|| ::model_runtime::__private::Uuid::now_v7()),
            club: ::model_runtime::__private::given(self.club),
            username: self.username.flatten(),
            email: ::model_runtime::__private::given(self.email),
            password: self
                .password
                .unwrap_or_else(|| ::model_runtime::users::PasswordHash::unusable()),
            first_name: self.first_name.unwrap_or_else(|| ::std::string::String::new()),
            last_name: self.last_name.unwrap_or_else(|| ::std::string::String::new()),
            phone_number: self
                .phone_number
                .unwrap_or_else(|| ::std::string::String::new()),
            avatar: self.avatar.flatten(),
            bio: self.bio.unwrap_or_else(|| ::std::string::String::new()),
            is_active: self.is_active.unwrap_or_else(|| true),
            is_staff: self.is_staff.unwrap_or_else(|| false),
            is_superuser: self.is_superuser.unwrap_or_else(|| false),
            is_verified: self.is_verified.unwrap_or_else(|| false),
            verified_at: self.verified_at.flatten(),
            two_factor_enabled: self.two_factor_enabled.unwrap_or_else(|| false),
            last_login_at: self.last_login_at.flatten(),
        }
    }
}
///Builds a [`Member`]. A required field that is not set is a compile error.
#[must_use = "a builder does nothing until `create` or `build`"]
#[allow(dead_code)]
pub struct MemberBuilder<
    S0 = ::model_runtime::__private::Unset<__member_fields::club>,
    S1 = ::model_runtime::__private::Unset<__member_fields::email>,
> {
    draft: MemberDraft,
    state: ::core::marker::PhantomData<fn() -> (S0, S1)>,
}
impl Member {
    ///Starts a new [`Member`].
    pub fn builder() -> MemberBuilder {
        use ::model_runtime::__private::absent as a;
        MemberBuilder {
            draft: MemberDraft {
                id: a(),
                club: a(),
                username: a(),
                email: a(),
                password: a(),
                first_name: a(),
                last_name: a(),
                phone_number: a(),
                avatar: a(),
                bio: a(),
                is_active: a(),
                is_staff: a(),
                is_superuser: a(),
                is_verified: a(),
                verified_at: a(),
                two_factor_enabled: a(),
                last_login_at: a(),
            },
            state: ::core::marker::PhantomData,
        }
    }
}
#[allow(dead_code)]
impl<S0, S1> MemberBuilder<S0, S1> {
    ///The key.
    pub fn id(
        mut self,
        value: impl ::core::convert::Into<::model_runtime::__private::Uuid>,
    ) -> Self {
        self.draft.id.replace(value.into());
        self
    }
    ///Sets `club`.
    pub fn club(
        mut self,
        value: impl ::core::convert::Into<String>,
    ) -> MemberBuilder<::model_runtime::__private::Set, S1> {
        self.draft.club.replace(value.into());
        MemberBuilder {
            draft: self.draft,
            state: ::core::marker::PhantomData,
        }
    }
    ///A name to be called by; unique.
    pub fn username(
        mut self,
        value: impl ::core::convert::Into<::core::option::Option<::std::string::String>>,
    ) -> Self {
        self.draft.username.replace(value.into());
        self
    }
    ///The e-mail address, by which the user signs in; unique in any case of its letters.
    pub fn email(
        mut self,
        value: impl ::core::convert::Into<::std::string::String>,
    ) -> MemberBuilder<S0, ::model_runtime::__private::Set> {
        self.draft.email.replace(value.into());
        MemberBuilder {
            draft: self.draft,
            state: ::core::marker::PhantomData,
        }
    }
    ///The hash of the password.
    pub fn password(
        mut self,
        value: impl ::core::convert::Into<::model_runtime::users::PasswordHash>,
    ) -> Self {
        self.draft.password.replace(value.into());
        self
    }
    ///The given name.
    pub fn first_name(
        mut self,
        value: impl ::core::convert::Into<::std::string::String>,
    ) -> Self {
        self.draft.first_name.replace(value.into());
        self
    }
    ///The family name.
    pub fn last_name(
        mut self,
        value: impl ::core::convert::Into<::std::string::String>,
    ) -> Self {
        self.draft.last_name.replace(value.into());
        self
    }
    ///The phone number.
    pub fn phone_number(
        mut self,
        value: impl ::core::convert::Into<::std::string::String>,
    ) -> Self {
        self.draft.phone_number.replace(value.into());
        self
    }
    ///The picture.
    pub fn avatar(
        mut self,
        value: impl ::core::convert::Into<
            ::core::option::Option<::model_runtime::files::StoredFile>,
        >,
    ) -> Self {
        self.draft.avatar.replace(value.into());
        self
    }
    ///What the user says of themselves.
    pub fn bio(
        mut self,
        value: impl ::core::convert::Into<::std::string::String>,
    ) -> Self {
        self.draft.bio.replace(value.into());
        self
    }
    ///Whether the user may sign in.
    pub fn is_active(mut self, value: ::core::primitive::bool) -> Self {
        self.draft.is_active.replace(value);
        self
    }
    ///Whether the user may see the staff's pages.
    pub fn is_staff(mut self, value: ::core::primitive::bool) -> Self {
        self.draft.is_staff.replace(value);
        self
    }
    ///Whether the user has every permission.
    pub fn is_superuser(mut self, value: ::core::primitive::bool) -> Self {
        self.draft.is_superuser.replace(value);
        self
    }
    ///Whether the e-mail address was verified.
    pub fn is_verified(mut self, value: ::core::primitive::bool) -> Self {
        self.draft.is_verified.replace(value);
        self
    }
    ///When the e-mail address was verified.
    pub fn verified_at(
        mut self,
        value: impl ::core::convert::Into<
            ::core::option::Option<
                ::model_runtime::__private::DateTime<::model_runtime::__private::Utc>,
            >,
        >,
    ) -> Self {
        self.draft.verified_at.replace(value.into());
        self
    }
    ///Whether signing in takes a second factor.
    pub fn two_factor_enabled(mut self, value: ::core::primitive::bool) -> Self {
        self.draft.two_factor_enabled.replace(value);
        self
    }
    ///When the user last signed in.
    pub fn last_login_at(
        mut self,
        value: impl ::core::convert::Into<
            ::core::option::Option<
                ::model_runtime::__private::DateTime<::model_runtime::__private::Utc>,
            >,
        >,
    ) -> Self {
        self.draft.last_login_at.replace(value.into());
        self
    }
    /// The row, not yet in the database.
    pub fn build(self) -> Member
    where
        S0: ::model_runtime::__private::Given<__member_fields::club>,
        S1: ::model_runtime::__private::Given<__member_fields::email>,
    {
        self.draft.build()
    }
    /// Inserts the row and returns it.
    ///
    /// # Errors
    /// As `insert`.
    pub fn create<'c, D>(
        self,
        db: D,
    ) -> ::model_runtime::__private::BoxFuture<'c, ::model_runtime::Result<Member>>
    where
        S0: ::model_runtime::__private::Given<__member_fields::club>,
        S1: ::model_runtime::__private::Given<__member_fields::email>,
        D: ::model_runtime::Db<'c, ::model_runtime::Create<Member>, Out = Member> + 'c,
    {
        ::std::boxed::Box::pin(
            ::model_runtime::Db::run(db, ::model_runtime::Create::new(self.build())),
        )
    }
}
impl ::model_runtime::Model for Member {
    type Id = ::model_runtime::__private::Uuid;
    type Columns = MemberColumns;
    type ColumnsOf<R, P: ::model_runtime::Presence> = MemberColumns<R, P>;
    type Presence = ::model_runtime::Always;
    const TABLE: &'static ::model_runtime::TableDef = {
        use ::model_runtime::IndexDef as __I;
        use ::model_runtime::{FieldType as __F, Role as __R};
        static TABLE: ::model_runtime::TableDef = ::model_runtime::TableDef {
            columns: &[
                (<::model_runtime::__private::Uuid as __F>::COLUMN
                    .named("id")
                    .role(__R::Key)
                    .doc("The key."))
                    .checked(),
                (<String as __F>::COLUMN.named("club")).checked(),
                (<::core::option::Option<::std::string::String> as __F>::COLUMN
                    .named("username")
                    .max_length(150)
                    .refuses(::model_runtime::users::refuse_username)
                    .doc("A name to be called by; unique."))
                    .checked(),
                (<::std::string::String as __F>::COLUMN
                    .named("email")
                    .max_length(254)
                    .refuses(::model_runtime::users::email::refuse)
                    .doc(
                        "The e-mail address, by which the user signs in; unique in any case of its letters.",
                    ))
                    .checked(),
                (<::model_runtime::users::PasswordHash as __F>::COLUMN
                    .named("password")
                    .role(__R::Managed)
                    .max_length(255)
                    .recording(::model_runtime::record::Recording::Mask)
                    .doc("The hash of the password."))
                    .checked(),
                (<::std::string::String as __F>::COLUMN
                    .named("first_name")
                    .max_length(150)
                    .default("''")
                    .doc("The given name."))
                    .checked(),
                (<::std::string::String as __F>::COLUMN
                    .named("last_name")
                    .max_length(150)
                    .default("''")
                    .doc("The family name."))
                    .checked(),
                (<::std::string::String as __F>::COLUMN
                    .named("phone_number")
                    .max_length(20)
                    .default("''")
                    .doc("The phone number."))
                    .checked(),
                (<::core::option::Option<
                    ::model_runtime::files::StoredFile,
                > as __F>::COLUMN
                    .named("avatar")
                    .role(__R::Managed)
                    .doc("The picture."))
                    .checked(),
                (<::std::string::String as __F>::COLUMN
                    .named("bio")
                    .max_length(500)
                    .default("''")
                    .doc("What the user says of themselves."))
                    .checked(),
                (<::core::primitive::bool as __F>::COLUMN
                    .named("is_active")
                    .role(__R::Managed)
                    .default("TRUE")
                    .doc("Whether the user may sign in."))
                    .checked(),
                (<::core::primitive::bool as __F>::COLUMN
                    .named("is_staff")
                    .role(__R::Managed)
                    .default("FALSE")
                    .doc("Whether the user may see the staff's pages."))
                    .checked(),
                (<::core::primitive::bool as __F>::COLUMN
                    .named("is_superuser")
                    .role(__R::Managed)
                    .default("FALSE")
                    .doc("Whether the user has every permission."))
                    .checked(),
                (<::core::primitive::bool as __F>::COLUMN
                    .named("is_verified")
                    .role(__R::Managed)
                    .default("FALSE")
                    .doc("Whether the e-mail address was verified."))
                    .checked(),
                (<::core::option::Option<
                    ::model_runtime::__private::DateTime<::model_runtime::__private::Utc>,
                > as __F>::COLUMN
                    .named("verified_at")
                    .role(__R::Managed)
                    .doc("When the e-mail address was verified."))
                    .checked(),
                (<::core::primitive::bool as __F>::COLUMN
                    .named("two_factor_enabled")
                    .role(__R::Managed)
                    .default("FALSE")
                    .doc("Whether signing in takes a second factor."))
                    .checked(),
                (<::core::option::Option<
                    ::model_runtime::__private::DateTime<::model_runtime::__private::Utc>,
                > as __F>::COLUMN
                    .named("last_login_at")
                    .role(__R::Managed)
                    .doc("When the user last signed in."))
                    .checked(),
            ],
            indexes: &[
                __I::new("members_username_key", &["\"username\""]).unique(),
                __I::new("members_lower_email_key", &["lower(\"email\")"]).unique(),
                __I::new("members_is_verified_idx", &["\"is_verified\""]),
            ],
            display: ::core::option::Option::Some("email"),
            companions: &[::model_runtime::users::companions],
            permissions: &[
                ("open_bar", "Can open bar"),
                ("close_bar", "Can close the bar for the night"),
            ],
            ..::model_runtime::TableDef::new("members", "club.member", "Member")
        };
        &TABLE
    };
    const COLUMNS: MemberColumns = MemberColumns::__at(::model_runtime::Path::ROOT);
    const STATEMENTS: &'static ::model_runtime::Statements = &::model_runtime::Statements {
        insert: "INSERT INTO \"members\" (\"id\", \"club\", \"username\", \"email\", \"password\", \"first_name\", \"last_name\", \"phone_number\", \"avatar\", \"bio\", \"is_active\", \"is_staff\", \"is_superuser\", \"is_verified\", \"verified_at\", \"two_factor_enabled\", \"last_login_at\") VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17)",
        update: "UPDATE \"members\" SET \"club\" = $2, \"username\" = $3, \"email\" = $4, \"first_name\" = $5, \"last_name\" = $6, \"phone_number\" = $7, \"bio\" = $8 WHERE \"id\" = $1 AND (\"club\" IS DISTINCT FROM $2 OR \"username\" IS DISTINCT FROM $3 OR \"email\" IS DISTINCT FROM $4 OR \"first_name\" IS DISTINCT FROM $5 OR \"last_name\" IS DISTINCT FROM $6 OR \"phone_number\" IS DISTINCT FROM $7 OR \"bio\" IS DISTINCT FROM $8)",
        remove: "DELETE FROM \"members\" WHERE \"id\" = $1",
        ..::model_runtime::Statements::reading(
            "SELECT t.\"id\", t.\"club\", t.\"username\", t.\"email\", t.\"password\", t.\"first_name\", t.\"last_name\", t.\"phone_number\", t.\"avatar\", t.\"bio\", t.\"is_active\", t.\"is_staff\", t.\"is_superuser\", t.\"is_verified\", t.\"verified_at\", t.\"two_factor_enabled\", t.\"last_login_at\" FROM \"members\" AS t WHERE \"id\" = $1",
            276,
            292,
        )
    };
    fn id(&self) -> ::model_runtime::__private::Uuid {
        self.id
    }
    fn set_id(&mut self, id: ::model_runtime::__private::Uuid) {
        self.id = id;
    }
    fn repr(&self) -> ::std::string::String {
        ::std::string::ToString::to_string(&self.email)
    }
    fn value(&self, column: usize) -> ::model_runtime::Value<'_> {
        use ::model_runtime::FieldType as __F;
        match column {
            0 => __F::to_value(&self.id),
            1 => __F::to_value(&self.club),
            2 => __F::to_value(&self.username),
            3 => __F::to_value(&self.email),
            4 => __F::to_value(&self.password),
            5 => __F::to_value(&self.first_name),
            6 => __F::to_value(&self.last_name),
            7 => __F::to_value(&self.phone_number),
            8 => __F::to_value(&self.avatar),
            9 => __F::to_value(&self.bio),
            10 => __F::to_value(&self.is_active),
            11 => __F::to_value(&self.is_staff),
            12 => __F::to_value(&self.is_superuser),
            13 => __F::to_value(&self.is_verified),
            14 => __F::to_value(&self.verified_at),
            15 => __F::to_value(&self.two_factor_enabled),
            16 => __F::to_value(&self.last_login_at),
            _ => ::model_runtime::__private::no_column(),
        }
    }
    fn columns_at<R, P: ::model_runtime::Presence>(
        path: ::model_runtime::Path,
    ) -> MemberColumns<R, P> {
        MemberColumns::__at(path)
    }
    fn read<B: ::model_runtime::Backend>(
        row: &B::Row,
        at: usize,
    ) -> ::model_runtime::__private::sqlx::Result<Self> {
        use ::model_runtime::FieldType as __F;
        let columns = Self::TABLE.columns;
        ::core::result::Result::Ok(Self {
            id: __F::read_from::<B>(row, at + 0, &columns[0])?,
            club: __F::read_from::<B>(row, at + 1, &columns[1])?,
            username: __F::read_from::<B>(row, at + 2, &columns[2])?,
            email: __F::read_from::<B>(row, at + 3, &columns[3])?,
            password: __F::read_from::<B>(row, at + 4, &columns[4])?,
            first_name: __F::read_from::<B>(row, at + 5, &columns[5])?,
            last_name: __F::read_from::<B>(row, at + 6, &columns[6])?,
            phone_number: __F::read_from::<B>(row, at + 7, &columns[7])?,
            avatar: __F::read_from::<B>(row, at + 8, &columns[8])?,
            bio: __F::read_from::<B>(row, at + 9, &columns[9])?,
            is_active: __F::read_from::<B>(row, at + 10, &columns[10])?,
            is_staff: __F::read_from::<B>(row, at + 11, &columns[11])?,
            is_superuser: __F::read_from::<B>(row, at + 12, &columns[12])?,
            is_verified: __F::read_from::<B>(row, at + 13, &columns[13])?,
            verified_at: __F::read_from::<B>(row, at + 14, &columns[14])?,
            two_factor_enabled: __F::read_from::<B>(row, at + 15, &columns[15])?,
            last_login_at: __F::read_from::<B>(row, at + 16, &columns[16])?,
        })
    }
    fn normalise(&mut self) {
        use ::model_runtime::FieldType as __F;
        let columns = Self::TABLE.columns;
        __F::normalise(&mut self.id, &columns[0]);
        __F::normalise(&mut self.club, &columns[1]);
        __F::normalise(&mut self.username, &columns[2]);
        __F::normalise(&mut self.email, &columns[3]);
        __F::normalise(&mut self.password, &columns[4]);
        __F::normalise(&mut self.first_name, &columns[5]);
        __F::normalise(&mut self.last_name, &columns[6]);
        __F::normalise(&mut self.phone_number, &columns[7]);
        __F::normalise(&mut self.avatar, &columns[8]);
        __F::normalise(&mut self.bio, &columns[9]);
        __F::normalise(&mut self.is_active, &columns[10]);
        __F::normalise(&mut self.is_staff, &columns[11]);
        __F::normalise(&mut self.is_superuser, &columns[12]);
        __F::normalise(&mut self.is_verified, &columns[13]);
        __F::normalise(&mut self.verified_at, &columns[14]);
        __F::normalise(&mut self.two_factor_enabled, &columns[15]);
        __F::normalise(&mut self.last_login_at, &columns[16]);
    }
    fn prepare(
        &mut self,
        write: &mut ::model_runtime::Write,
    ) -> ::model_runtime::Result<()> {
        ::model_runtime::users::prepare(&mut self.username, &mut self.email);
        ::core::result::Result::Ok(())
    }
}
impl ::model_runtime::Writable for Member {
    fn of_fields(fields: &mut ::model_runtime::Fields) -> ::core::option::Option<Self> {
        use ::model_runtime::FieldType as __F;
        let mut row = Self::builder().draft;
        fields
            .make(
                &["club", "email"],
                &mut [
                    __F::draft(&mut row.club),
                    __F::draft(&mut row.username),
                    __F::draft(&mut row.email),
                    __F::draft(&mut row.first_name),
                    __F::draft(&mut row.last_name),
                    __F::draft(&mut row.phone_number),
                    __F::draft(&mut row.bio),
                ],
            )
            .then(|| row.build())
    }
    fn set_fields(&mut self, fields: &mut ::model_runtime::Fields) {
        use ::model_runtime::FieldType as __F;
        fields
            .assign(
                &mut [
                    __F::assign(&mut self.club),
                    __F::assign(&mut self.username),
                    __F::assign(&mut self.email),
                    __F::assign(&mut self.first_name),
                    __F::assign(&mut self.last_name),
                    __F::assign(&mut self.phone_number),
                    __F::assign(&mut self.bio),
                ],
            )
    }
}
impl ::model_runtime::Hooks for Member {}
impl ::core::fmt::Display for Member {
    fn fmt(&self, f: &mut ::core::fmt::Formatter<'_>) -> ::core::fmt::Result {
        ::core::fmt::Display::fmt(
            &::model_runtime::users::UserRow::get_display_name(self),
            f,
        )
    }
}
impl ::model_runtime::users::UserModel for Member {
    fn account(&self) -> ::model_runtime::users::Account<'_> {
        ::model_runtime::users::Account {
            username: self.username.as_deref(),
            avatar: self.avatar.as_ref(),
            email: &self.email,
            password: &self.password,
            first_name: &self.first_name,
            last_name: &self.last_name,
            phone_number: &self.phone_number,
            bio: &self.bio,
            is_active: self.is_active,
            is_staff: self.is_staff,
            is_superuser: self.is_superuser,
            is_verified: self.is_verified,
            verified_at: self.verified_at,
            two_factor_enabled: self.two_factor_enabled,
            last_login_at: self.last_login_at,
        }
    }
    fn account_mut(&mut self) -> ::model_runtime::users::AccountMut<'_> {
        ::model_runtime::users::AccountMut {
            email: &mut self.email,
            is_active: &mut self.is_active,
            is_staff: &mut self.is_staff,
            is_superuser: &mut self.is_superuser,
            password: &mut self.password,
            avatar: &mut self.avatar,
            is_verified: &mut self.is_verified,
            verified_at: &mut self.verified_at,
            two_factor_enabled: &mut self.two_factor_enabled,
            last_login_at: &mut self.last_login_at,
        }
    }
}
#[allow(dead_code)]
impl Member {
    /// Starts a new superuser: staff, with every permission, and verified.
    pub fn superuser() -> MemberBuilder {
        let verified = Self::builder()
            .is_verified(true)
            .verified_at(::model_runtime::clock::now());
        verified.is_staff(true).is_superuser(true)
    }
}
